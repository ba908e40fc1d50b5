"""Begins and ends the sending of a process's spans."""

from services.tracing import record_spans


def start_tracing(service: str, endpoint: str | None) -> None:
    """Have spans of this service sent to the OTLP endpoint, if there is one; connects later."""
    if endpoint is not None:
        # loading it takes as long as all else of a start
        from services.span_export import OtlpRecorder  # noqa: PLC0415

        record_spans(OtlpRecorder.create(service, endpoint))


def stop_tracing() -> None:
    """Send what is left, and record nothing more; blocks some seconds at most."""
    recorder = record_spans(None)
    if recorder is not None:
        recorder.stop()
