"""Every sentence of services and core that people come to read, with names for its parts."""

from django.utils.translation import gettext_noop as _

_VIDEO = (
    _("A %(format)s holds at most %(max_side)s pixels a side."),
    _("The picture needs too much memory."),
    _("The frame cannot be converted."),
    _("The decoder crashed on this file."),
    _(
        "The picture would be %(width)s×%(height)s; allowed are 36 megapixels, and %(most)s "
        "pixels for a side that follows from the other."
    ),
    _("Decoding this file takes more memory than is allowed."),
    _("Decoding was stopped after %(seconds)s s: it took too long."),
    _("A cover may have at most 36 megapixels. Send a smaller one."),
    _("Send the cover as JPEG, PNG, WebP, AVIF or GIF."),
    _("The picture is damaged. Send another one."),
    _("No frame of the video can be decoded."),
    _("The file tells no times for its pictures. Convert it."),
    _("The frame at this time cannot be decoded."),
    _("There is no frame here."),
    _("The file is empty."),
    _("This is a document, picture or playlist, not a video."),
    _("The file holds sound only."),
    _("This is not a file."),
    _("The file cannot be opened."),
    _("The file has more than %(count)s streams."),
    _("The file holds no video."),
    _("The video is of a codec that is not supported."),
    _("The codec %(name)s is not supported."),
    _("The file cannot be read as a video; it is damaged or of no known format."),
    _("The video needs more memory than allowed."),
    _("The pictures are too large: %(width)s × %(height)s."),
    _("The video's streams cannot be read."),
)
_TIME_POINTS = (
    _("Write a time with its unit: 3.5s, 3500ms, 10%, 00:01:02.500, 01:02.5, or f120 for a frame."),
    _("The video's frames are f0 to f%(last)s; %(point)s is not one."),
    _("%(word)s has no unit: write %(word)ss or %(word)sms."),
    _("“%(word)s” is not a time point. %(hint)s"),
    _("The time point is too long. %(hint)s"),
    _("In %(point)s, minutes and seconds must lie below 60. %(hint)s"),
    _("A time before the start of the video was asked for."),
    _("%(moment)s s is past the end: the video is %(duration)s s long."),
    _("The file was cut short: it promises %(duration)s s but holds only the first %(held)s s."),
    _("%(point)s is not between 0%% and 100%%."),
    _("This video's frames have not been counted yet."),
)
_NOTES = (
    _(
        "The container's clock says %(start)s s at the first frame shown; times are counted from "
        "that frame."
    ),
    _("The frame rate varies; every frame is found by its own time."),
    _(
        "The file was cut short: it promises %(duration)s s and holds %(held)s s; later frames "
        "cannot be had."
    ),
    _("The file stores no presentation times; frames are placed by counting them."),
    _("Pictures will be %(how)s, as the file asks."),
    _("mirrored"),
    _("turned by %(degrees)s° clockwise"),
    _("mirrored and turned by %(degrees)s° clockwise"),
    _(
        "The container crops the picture of %(stored_width)s × %(stored_height)s to %(width)s × "
        "%(height)s."
    ),
    _(
        "Pixels are not square (%(numerator)s:%(denominator)s); pictures will be stretched to "
        "%(width)s × %(height)s."
    ),
    _("High dynamic range; pictures will be tone-mapped to sRGB."),
    _("Wide colours; pictures will have those of sRGB."),
    _("Interlaced; pictures will be deinterlaced."),
    _("The video has transparency; formats with alpha will keep it."),
    _("Of %(count)s picture streams, number %(index)s is taken; cover art never is."),
)
_MEDIA = (
    _("This media has no snapshot %(snapshot)s."),
    _("The source file is gone or cannot be read. Restore it, or delete this media."),
    _("The source of this media is not here."),
    _("Use tags of 1 to %(most)s characters."),
    _("%(path)s does not exist, or is no file."),
    _("The worker vanished three times while looking at this file."),
    _("Media %(file_id)s was deleted a moment ago."),
    _("The media was deleted a moment ago."),
    _("The file is empty. Send one with a video in it."),
    _("A file may have at most %(most)s MiB."),
    _("There is no media %(file_id)s."),
    _("The path of %(name)s is not UTF-8. Rename it, or import a copy."),
    _("There is no room left for this file on the server."),
    _("The disk is full. Free some space, then try again."),
    _("Use a name of 1 to 255 characters."),
    _("Use at most %(most)s characters."),
    _("Use at most 4096 characters."),
    _("Use at most %(most)s tags."),
    _("The media is still being looked at. Try again in a moment."),
    _("This media could not be read."),
    _("There is no snapshot %(snapshot)s."),
    _("The snapshot was deleted a moment ago."),
    _("The snapshot was deleted."),
    _("The cover was changed meanwhile. Look again."),
    _("This snapshot is the media's cover. Change the cover, or use force."),
    _("This link has expired or was made for another file."),
    _("This upload has %(size)s bytes and no more."),
    _("The upload goes on at byte %(offset)s, not at %(given)s."),
    _("There is no upload %(upload)s. Begin a new one."),
)
_TASKS = (
    _("This task has not ended yet. Wait for it, or abort it."),
    _("The media of this task was deleted."),
    _("This session_id came with task %(task_id)s already. Use a new one for new work."),
    _("The media was deleted, and its snapshots with it."),
    _("The media was deleted."),
    _("The worker vanished three times while at this task."),
    _("The task was aborted before it began."),
    _("The task was deleted a moment ago."),
    _("There is no task %(task_id)s."),
    _("There is no task %(task_id)s in the last three days."),
    _("Only a waiting task can be aborted; this one has begun or ended."),
    _("Name at least one time point or cover."),
    _("%(count)s time points are too many: at most %(most)s in one request."),
    _("Use a priority from -10 to 10."),
    _("Name at least one time point."),
    _("This token is not one that a list gave."),
    _("A call with this Idempotency-Key is still at work. Send the same again in a moment."),
    _("This Idempotency-Key came with another request before. Use a new one for new work."),
    _("The picture is no longer wanted."),
    _("This video's frames have not been counted."),
    _("No decoder can be started now. Try again."),
    _("Many previews are being made. Try again in a moment."),
    _("%(sentence)s Ask for it as a task, which has more time."),
    _("%(end)s lies before the start, %(start)s."),
    _("Name a template or %(fields)s, not both."),
)
_TEMPLATES = (
    _("There is no template %(template)s."),
    _("There is no template %(template)s. List them at templates/."),
    _("The template was deleted just now."),
    _("Use 0 (from the source) or %(least)s to %(most)s pixels."),
    _("Presets cannot be changed. Create a template of your own with the values you need."),
    _("There are %(count)s custom templates already. Delete one that is not needed."),
    _("The flow %(name)s uses it. Change that flow first."),
    _("A transparent fill needs a format with transparency: png, webp or avif."),
    _("Use a quality from 1 to 100."),
    _("Use one of: %(choices)s."),
    _("There is no field %(name)s."),
    _("There are %(count)s flows already. Delete one first."),
    _("There is no flow named %(name)s."),
    _("There is a flow named %(name)s already."),
    _("Use a name of 1 to %(most)s characters."),
)
_EVENTS = (
    _("This event is one to be pulled."),
    _("Events are not pushed now: set where to in the event configuration."),
    _("This event is being sent just now."),
    _("Say first where events are to be pushed to."),
    _("Say where events are to be pushed to."),
    _("There is no secret that can be read: make a new one."),
    _("No body can be made of this event."),
    _("Use an http or https address without a user name in it."),
    _("Use letters and digits, at most 32."),
    _("Use whsec_ and 24 to 64 bytes in base64, or leave it out."),
    _(
        "%(count)s of %(all)s handles are unknown or were pulled more than %(seconds)s seconds "
        "ago. Pull again; the others are confirmed."
    ),
    _("The address is not called: %(why)s."),
    _("not an address: %(why)s"),
    _("only http and https addresses are called"),
    _("an address with a user name in it is not called"),
    _("there is no port 0"),
    _("an address is written in plain ASCII, other characters as %XX"),
    _("its host is no name"),
    _("it leads to %(address)s, which is not on the internet"),
    _("There is no host %(host)s."),
    _("%(host)s was not found in time."),
    _("The answer begins with too many headers."),
    _("It did not answer in time."),
    _("It hung up without an answer."),
    _("It did not answer as HTTP does."),
    _("It cannot be reached (%(why)s)."),
)
_REST = (
    _("The server is busy. Try again in a moment."),
    _("Something went wrong here. It has been logged."),
    _("The request could not be read."),
    _("The request's fields are too large."),
)
PRESETS = (
    _("Source size"),
    _("1280 long side"),
    _("1280 long side, white"),
    _("640×360"),
    _("640×360, white"),
    _("Transparent PNG"),
    _("Blurred WebP"),
    _("Portrait card"),
    _("The frame as it is: JPEG in the size of the source."),
    _("JPEG 1280 on the long side, the other side from the source."),
    _("The same, with white where a ratio leaves room."),
    _("JPEG of exactly 640×360 (360×640 for portrait), black where a ratio leaves room."),
    _("The same with white."),
    _("PNG of exactly 1280×720 (720×1280), transparent where a ratio leaves room."),
    _("WebP of exactly 1280×720, a blurred copy of the picture where a ratio leaves room."),
    _("JPEG of exactly 360×480 for lists of cards, blurred where a ratio leaves room."),
)
SENTENCES = (*_VIDEO, *_TIME_POINTS, *_NOTES, *_MEDIA, *_TASKS, *_TEMPLATES, *_EVENTS, *_REST)
