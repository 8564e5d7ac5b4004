/** Bounds on what documents and operations may hold. The configuration overrides them; each name carries its unit. */
export interface DomainLimits {
  /** UTF-8 bytes of one operation's target and payload. */
  readonly operationBytesMax: number;
  /** Operations in one request. */
  readonly batchOperationsMax: number;
  /** UTF-8 bytes of a whole document. */
  readonly documentBytesMax: number;
  /** JSON values of a whole document, nested ones included: each takes memory, however few bytes it has. */
  readonly documentValuesMax: number;
  readonly pagesPerDocumentMax: number;
  readonly elementsPerPageMax: number;
  readonly audioLayersPerDocumentMax: number;
  readonly clipsPerAudioLayerMax: number;
  /** Nested arrays and objects in a payload. */
  readonly jsonDepthMax: number;
  /** UTF-16 units of one string. */
  readonly stringUnitsMax: number;
  /** UTF-16 units of an id. */
  readonly idUnitsMax: number;
  /** Properties of one object. */
  readonly propertiesPerObjectMax: number;
  /** Largest absolute value of any number. */
  readonly numberMagnitudeMax: number;
  /**
   * How far a client's clock reading counts as ahead of the server's where the later writer wins, in milliseconds; a
   * reading beyond that is set back to it, and none is refused.
   */
  readonly clientClockSkewMsMax: number;
}

export const defaultDomainLimits: DomainLimits = {
  operationBytesMax: 1_000_000,
  batchOperationsMax: 1_000,
  documentBytesMax: 20_000_000,
  documentValuesMax: 2_000_000,
  pagesPerDocumentMax: 500,
  elementsPerPageMax: 50_000,
  audioLayersPerDocumentMax: 200,
  clipsPerAudioLayerMax: 5_000,
  jsonDepthMax: 32,
  stringUnitsMax: 200_000,
  idUnitsMax: 128,
  propertiesPerObjectMax: 500,
  numberMagnitudeMax: Number.MAX_SAFE_INTEGER,
  clientClockSkewMsMax: 60_000,
};

/** No bounds, for what was accepted before: a limit that was lowered since must not make the log unreadable. */
export const unbounded: DomainLimits = {
  operationBytesMax: Infinity,
  batchOperationsMax: Infinity,
  documentBytesMax: Infinity,
  documentValuesMax: Infinity,
  pagesPerDocumentMax: Infinity,
  elementsPerPageMax: Infinity,
  audioLayersPerDocumentMax: Infinity,
  clipsPerAudioLayerMax: Infinity,
  jsonDepthMax: Infinity,
  stringUnitsMax: Infinity,
  idUnitsMax: Infinity,
  propertiesPerObjectMax: Infinity,
  numberMagnitudeMax: Infinity,
  clientClockSkewMsMax: Infinity,
};
