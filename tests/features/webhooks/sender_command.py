"""`python -m tests.features.webhooks.sender_command`: a webhook sender process, until SIGTERM."""

import signal
import sys
import threading

import django

if __name__ == "__main__":
    django.setup()
    from snapshots.worker.sender import WebhookSender

    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    sender = WebhookSender()
    sender.start()
    sys.stdout.write("sending\n")
    sys.stdout.flush()
    while not stopped.wait(0.1):
        pass
    sender.stop()
    sender.join()
