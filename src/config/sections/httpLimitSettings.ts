/** Bounds on HTTP itself. */
import { numberSettings } from "../numberSettings.js";

export const httpLimitSettings = numberSettings(
  {
    httpBodyBytesMax: 24_000_000,
    httpAnonymousBodyBytesMax: 200_000,
    httpBodyValuesMax: 2_500_000,
    httpHeaderBytesMax: 16_384,
    httpHeadersMs: 10_000,
    httpRequestMs: 30_000,
    httpKeepAliveMs: 65_000,
    answerStalledMsMax: 60_000,
  },
  {
    httpBodyBytesMax: {
      description:
        "bytes of a request body; if not set, raised to OPERATION_BYTES_MAX plus 65,536 where that is more",
    },
    httpAnonymousBodyBytesMax: {
      description:
        "bytes of an unauthenticated request body, and of an unauthenticated message on a WebSocket",
    },
    httpBodyValuesMax: {
      description: "JSON values in a request body, including nested ones: each takes memory",
    },
    httpHeaderBytesMax: { description: "bytes of all headers of a request together", min: 1_024 },
    httpHeadersMs: { description: "milliseconds that a client has to send its headers" },
    httpRequestMs: {
      description:
        "milliseconds that a client has to send a whole request, or a whole message on a WebSocket",
    },
    httpKeepAliveMs: { description: "milliseconds that an idle connection is kept open" },
    answerStalledMsMax: {
      description:
        "milliseconds without progress after which a client that does not read its response is disconnected, over HTTP, event streams and WebSockets",
      min: 1_000,
      max: 3_600_000,
    },
  },
);
