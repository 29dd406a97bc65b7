// tus-js-client, which the page loads as a script of its own: as much of it as is used here.

/**
 * @typedef {object} TusResponse
 * @property {() => number} getStatus
 * @property {() => string} getBody
 * @property {(name: string) => string} getHeader
 *
 * @typedef {Error & { originalResponse?: TusResponse | null }} TusError
 *
 * @typedef {object} PreviousUpload
 * @property {{ filename: string }} metadata
 * @property {string} creationTime
 * @property {string} urlStorageKey
 *
 * @typedef {object} TusOptions
 * @property {string} endpoint
 * @property {number} chunkSize
 * @property {number[]} retryDelays
 * @property {Record<string, string>} headers
 * @property {Record<string, string>} metadata
 * @property {boolean} removeFingerprintOnSuccess
 * @property {(sent: number) => unknown} onProgress
 * @property {(error: TusError) => boolean} onShouldRetry
 * @property {(payload: { lastResponse: TusResponse }) => unknown} onSuccess
 * @property {(error: TusError) => unknown} onError
 *
 * @typedef {object} TusUpload
 * @property {string | null} url
 * @property {TusOptions} options
 * @property {() => Promise<PreviousUpload[]>} findPreviousUploads
 * @property {(upload: PreviousUpload) => void} resumeFromPreviousUpload
 * @property {() => void} start
 * @property {(terminate?: boolean) => Promise<void>} abort
 *
 * @typedef {object} UrlStorage
 * @property {() => Promise<PreviousUpload[]>} findAllUploads
 * @property {(key: string) => Promise<void>} removeUpload
 *
 * @typedef {object} Tus
 * @property {boolean} isSupported
 * @property {{ urlStorage: UrlStorage }} defaultOptions
 * @property {new (file: File, options: TusOptions) => TusUpload} Upload
 */

/** @returns {Tus | undefined} nothing where the script did not load */
export function tusClient() {
  return /** @type {{ tus?: Tus }} */ (globalThis).tus;
}
