"""`python -m tests.features.webhooks.sender_command`: a webhook sender process, until SIGTERM."""

import signal
import sys
import threading

import django

if __name__ == "__main__":
    django.setup()
    from snapshots.worker.sender import Sender

    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    sender = Sender()
    sender.start()
    sys.stdout.write("sending\n")
    sys.stdout.flush()
    while not told.wait(0.1):
        pass
    sender.stop()
    sender.join()
