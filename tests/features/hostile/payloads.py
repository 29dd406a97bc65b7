"""Files that are no videos, but tell whoever opens them to open something else."""

from __future__ import annotations

from pathlib import Path


def payloads(secret: Path, port: int) -> dict[str, bytes]:
    """Files that name another file or an address, in every format that FFmpeg follows."""
    url = f"http://127.0.0.1:{port}/x.ts"
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
    dash = (
        '<?xml version="1.0"?><MPD type="static" mediaPresentationDuration="PT1S"><Period>'
        '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="9">'
        "<BaseURL>{}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )
    texts = {
        "hls-file.m3u8": hls.format(secret),
        "hls-file-scheme.m3u8": hls.format(f"file://{secret}"),
        "hls-http.m3u8": hls.format(url),
        "hls-subfile.m3u8": hls.format(f"subfile,,start,0,end,999999,,:{secret}"),
        "hls-concat.m3u8": hls.format(f"concat:{secret}|{secret}"),
        "hls-key.m3u8": hls.replace("#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF')
        .format(secret),
        "hls-blank-line-first.m3u8": "\n" + hls.format(secret),
        "concat.mp4": f"ffconcat version 1.0\nfile '{secret}'\n",
        "concat-http.mp4": f"ffconcat version 1.0\nfile '{url}'\n",
        "dash.mp4": dash.format(secret),
        "dash-http.mp4": dash.format(url),
        "sdp.mp4": f"v=0\ns=x\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n",
        "imf.mp4": f'<?xml version="1.0"?><AssetMap><Path>{secret}</Path></AssetMap>',
        "smil.mp4": f'<smil><body><video src="{url}"/></body></smil>',
        "svg.mp4": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>',
        "vapoursynth.mp4": f"import vapoursynth\nopen('{secret}')\n",
        "hls-master.m3u8": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\n{secret}\n",
        "hls-map.m3u8": f'#EXTM3U\n#EXT-X-MAP:URI="{secret}"\n#EXTINF:9,\n{url}\n',
        "hls-crlf.m3u8": hls.format(secret).replace("\n", "\r\n"),
        "hls-bom.m3u8": "\ufeff" + hls.format(secret),
        "list-of-paths.mp4": f"{secret}\n{url}\n",
        "pls.mp4": f"[playlist]\nFile1={secret}\nNumberOfEntries=1\nVersion=2\n",
        "asx.mp4": f'<asx version="3"><entry><ref href="{url}"/></entry></asx>',
        "xspf.mp4": f"<playlist><trackList><track><location>{url}</location></track></trackList>",
        "rtsp.mp4": f"rtsptextRTSPrtsp://127.0.0.1:{port}/x\n",
        "ram.mp4": f"rtsp://127.0.0.1:{port}/x\n--stop--\n",
        "avisynth.mp4": f'DirectShowSource("{secret}")\n',
        "subtitles.mp4": f"1\n00:00:01,000 --> 00:00:02,000\n{secret}\n",
        "metadata.mp4": f";FFMETADATA1\ntitle={secret}\n",
        "desktop.mp4": f"[Desktop Entry]\nType=Link\nURL=file://{secret}\n",
        "json.mp4": f'{{"url": "{url}"}}',
    }  # fmt: skip
    texts_16 = {"hls-utf16.m3u8": hls.format(secret).encode("utf-16")}
    hidden = b"ffconcat version 1.0\n#\x01\x02\n" + f"file '{secret}'\n".encode()
    return {
        **{name: text.encode() for name, text in texts.items()},
        "hidden.mp4": hidden,
        **texts_16,
    }


NAMES = sorted(payloads(Path("/x"), 1))
