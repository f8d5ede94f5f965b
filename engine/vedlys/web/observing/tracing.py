"""Spans of requests for a collector of OpenTelemetry: what was asked and how it ended, never facts."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from vedlys.shipped import package_version
from vedlys.web.parts import RequestInfo

_SECONDS = 5  # for sending, and for the last spans when the service stops


class Tracer:
    """Sends a span a request, in a thread of its own; what a collector does not take is let go."""

    def __init__(self, endpoint: str, exporter: SpanExporter | None = None) -> None:
        """`endpoint` takes traces by OTLP over HTTP."""
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "vedlys", "service.version": package_version()}),
            sampler=ParentBased(TraceIdRatioBased(1.0)),  # a caller that does not sample is not sampled here
            shutdown_on_exit=False,
        )
        sending = exporter or OTLPSpanExporter(endpoint=endpoint, timeout=_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(sending))
        self._tracer = self._provider.get_tracer("vedlys")
        self._context = TraceContextTextMapPropagator()

    def begin(self, method: str, traceparent: bytes | None, tracestate: bytes | None) -> _Span:
        """The span of a request that goes on from the caller's, where it names one."""
        carried = {
            "traceparent": (traceparent or b"").decode("latin-1"),
            "tracestate": (tracestate or b"").decode("latin-1"),
        }
        parent = self._context.extract(carried) if traceparent else None
        span = self._tracer.start_span(method, context=parent, kind=trace.SpanKind.SERVER)
        return _Span(span, method)

    def close(self) -> None:
        """Send what is still to be sent."""
        self._provider.shutdown()


class _Span:
    def __init__(self, span: trace.Span, method: str) -> None:
        self._span = span
        self._method = method

    def end(self, info: RequestInfo, status: int) -> None:
        span = self._span
        if span.is_recording():
            if info.route:
                span.update_name(f"{self._method} {info.route}")
                span.set_attribute("http.route", info.route)
            span.set_attribute("http.request.method", self._method)
            span.set_attribute("http.response.status_code", status)
            span.set_attribute("vedlys.request_id", info.id)
            if info.caller is not None:
                span.set_attribute("enduser.id", info.caller.name)
            if info.articles:
                span.set_attribute("vedlys.articles", info.articles[:50])
                span.set_attribute("vedlys.statuses", info.statuses[:50])
            if info.problem:
                span.set_attribute("vedlys.problem", info.problem)
            for stage, seconds in info.stages.items():
                span.set_attribute(f"vedlys.{stage}_seconds", seconds)
            if status >= 500:
                span.set_status(trace.StatusCode.ERROR)
        span.end()
