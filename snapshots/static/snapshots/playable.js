// Which videos this browser can be expected to decode.

/** @type {Record<string, string>} */
const TYPES = {
  mp4: "video/mp4",
  mov: "video/mp4",
  mkv: "video/x-matroska",
  webm: "video/webm",
  ogg: "video/ogg",
};
/** @type {Record<string, string>} */
const CODECS = {
  h264: "avc1.640028",
  hevc: "hvc1.1.6.L93.B0",
  av1: "av01.0.05M.08",
  vp8: "vp8",
  vp9: "vp09.00.10.08",
  theora: "theora",
};

/**
 * Whether it is worth trying; an error event of the video has the last word.
 *
 * Of Matroska browsers say no even where they play it: its codecs are asked for as WebM's.
 *
 * @param {Pick<HTMLVideoElement, "canPlayType">} video
 * @param {string} container
 * @param {string} codec
 */
export function isPlayable(video, container, codec) {
  const type = TYPES[container];
  const name = CODECS[codec];
  if (!type || !name) return false;
  if (container === "mkv")
    return video.canPlayType(`video/webm; codecs="${name}"`) !== "" || codec === "h264";
  return video.canPlayType(`${type}; codecs="${name}"`) !== "";
}
