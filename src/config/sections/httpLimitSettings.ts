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
        "bytes of a request's body; where it is not set at least OPERATION_BYTES_MAX and 65,536 more",
    },
    httpAnonymousBodyBytesMax: {
      description:
        "the same where nobody is signed in, who has little to send; also of a message on a WebSocket",
    },
    httpBodyValuesMax: {
      description: "JSON values in a request's body, nested ones included: each takes memory",
    },
    httpHeaderBytesMax: { description: "bytes of a request's headers, all together", min: 1_024 },
    httpHeadersMs: { description: "milliseconds a client has to send its headers" },
    httpRequestMs: {
      description:
        "milliseconds a client has to send a whole request, or a whole message on a WebSocket",
    },
    httpKeepAliveMs: { description: "milliseconds an idle connection is kept" },
    answerStalledMsMax: {
      description:
        "milliseconds for which a client may take nothing of what is on its way to it, over HTTP, event streams and WebSockets",
      min: 1_000,
      max: 3_600_000,
    },
  },
);
