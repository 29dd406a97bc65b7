// Which videos this browser can be expected to decode.

const TYPES = {
  mp4: "video/mp4",
  mov: "video/mp4",
  mkv: "video/x-matroska",
  webm: "video/webm",
  ogg: "video/ogg",
};
const CODECS = {
  h264: "avc1.640028",
  hevc: "hvc1.1.6.L93.B0",
  av1: "av01.0.05M.08",
  vp8: "vp8",
  vp9: "vp09.00.10.08",
  theora: "theora",
};

/** Whether it is worth trying: an error event has the last word. */
export function isPlayable(video, container, codec) {
  const type = TYPES[container];
  const words = CODECS[codec];
  if (!type || !words) return false;
  if (container === "mkv") return video.canPlayType(`video/webm; codecs="${words}"`) !== "" || codec === "h264";
  return video.canPlayType(`${type}; codecs="${words}"`) !== "";
}
