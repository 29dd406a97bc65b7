// The results of a task: one item for each picture, cover or failure, in the order asked for.

/**
 * As the REST API describes them.
 *
 * @typedef {{ message: string }} Problem
 *
 * @typedef {object} Snapshot
 * @property {number} id
 * @property {string} url
 * @property {string} at
 * @property {number} frame_time
 * @property {number} pts
 * @property {string} time_base
 * @property {boolean} key_frame
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Operation
 * @property {string} type
 * @property {string} [at] of a cover
 * @property {string | null} [cover_url]
 * @property {Problem | null} [error]
 * @property {{ at: string, snapshot: Snapshot | null, error: Problem | null }[]} [points]
 *
 * @typedef {object} Task
 * @property {string} task_id
 * @property {string} status
 * @property {number} progress
 * @property {string | null} finished_at
 * @property {Problem | null} error
 * @property {Operation[]} operations
 *
 * @typedef {{ rank: number } & (
 *   | { type: "snapshot", snapshot: Snapshot }
 *   | { type: "cover", url: string, at: string }
 *   | { type: "failure", message: string }
 * )} Result
 */

const MAX_POINTS = 100; // of one operation

/**
 * What is there so far, by rank; what is still waited for is left out.
 *
 * @param {Task} task
 * @returns {Result[]}
 */
export function resultsOf(task) {
  const results = task.operations.flatMap((operation, index) => {
    const rank = index * MAX_POINTS;
    return operation.type === "cover" ? coverResults(operation, rank) : pointResults(operation, rank);
  });
  if (task.error)
    results.push({ rank: Number.POSITIVE_INFINITY, type: "failure", message: task.error.message });
  return results;
}

/**
 * The rank before which a new result is put: the lowest of those that come after it.
 *
 * @param {Iterable<number>} ranks of the results that are there
 * @param {number} rank
 * @returns {number | undefined} nothing where it comes last
 */
export function rankAfter(ranks, rank) {
  const later = [...ranks].filter((other) => other > rank);
  return later.length ? Math.min(...later) : undefined;
}

/**
 * @param {Operation} operation
 * @param {number} rank
 * @returns {Result[]}
 */
function coverResults({ at = "", cover_url, error }, rank) {
  if (cover_url) return [{ rank, type: "cover", url: cover_url, at }];
  return error ? [{ rank, type: "failure", message: error.message }] : [];
}

/**
 * @param {Operation} operation
 * @param {number} first the rank of the first point
 * @returns {Result[]}
 */
function pointResults({ points = [] }, first) {
  /** @type {Result[]} */
  const results = [];
  points.forEach(({ at, snapshot, error }, index) => {
    const rank = first + index;
    if (snapshot) results.push({ rank, type: "snapshot", snapshot });
    else if (error) results.push({ rank, type: "failure", message: `${at}: ${error.message}` });
  });
  return results;
}
