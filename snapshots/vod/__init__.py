"""The VOD dialect: both generations of Tencent Cloud's video API, spoken by unmodified SDKs."""
