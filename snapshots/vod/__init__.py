"""The VOD API: both generations of Tencent Cloud's video API, for unmodified SDKs."""
