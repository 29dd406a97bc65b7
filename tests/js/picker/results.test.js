import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rankAfter, resultsOf } from "../../../snapshots/static/snapshots/picker/results.js";

const done = (at) => ({ at, snapshot: { id: at, at }, error: null });
const waiting = (at) => ({ at, snapshot: null, error: null });
const failed = (at) => ({ at, snapshot: null, error: { message: "broken" } });
const snapshots = (...points) => ({ type: "snapshot", points });
const task = (...operations) => ({ operations, error: null });
const ranks = (results) => results.map(({ rank }) => rank);

describe("resultsOf", () => {
  it("is a snapshot or a failure for each point that has ended", () => {
    const results = resultsOf(task(snapshots(done("f1"), waiting("f2"), failed("9s"))));
    assert.deepEqual(results, [
      { rank: 0, type: "snapshot", snapshot: { id: "f1", at: "f1" } },
      { rank: 2, type: "failure", message: "9s: broken" },
    ]);
  });

  it("ranks a point the same, whatever else has ended", () => {
    const [early] = resultsOf(task(snapshots(waiting("f1"), done("f2"))));
    const [, late] = resultsOf(task(snapshots(done("f1"), done("f2"))));
    assert.deepEqual(early, late);
  });

  it("ranks operations after one another, however many points they have", () => {
    const hundred = Array.from({ length: 100 }, (_, n) => done(`f${n}`));
    const found = ranks(resultsOf(task(snapshots(...hundred), snapshots(done("f7")), snapshots(done("f8")))));
    assert.equal(found.length, 102);
    assert.equal(new Set(found).size, 102);
    assert.deepEqual(
      found,
      [...found].sort((one, other) => one - other),
    );
  });

  it("is a cover once it is set, and nothing before", () => {
    const cover = { type: "cover", at: "f7", cover_url: null, error: null };
    assert.deepEqual(resultsOf(task(cover)), []);
    assert.deepEqual(resultsOf(task({ ...cover, cover_url: "/c.jpg" })), [
      { rank: 0, type: "cover", url: "/c.jpg", at: "f7" },
    ]);
    assert.deepEqual(
      resultsOf(task(snapshots(done("f1")), { ...cover, error: { message: "no frame" } }))[1],
      {
        rank: 100,
        type: "failure",
        message: "no frame",
      },
    );
  });

  it("ends with the error of the task as a whole", () => {
    const results = resultsOf({ ...task(snapshots(done("f1"))), error: { message: "worker lost" } });
    assert.deepEqual(results.at(-1), {
      rank: Number.POSITIVE_INFINITY,
      type: "failure",
      message: "worker lost",
    });
  });
});

describe("rankAfter", () => {
  it("is the next higher one, or none", () => {
    assert.equal(rankAfter([5, 100, 2], 3), 5);
    assert.equal(rankAfter([5, 100, 2], 5), 100);
    assert.equal(rankAfter([5, 100, 2], 100), undefined);
    assert.equal(rankAfter([], 0), undefined);
    assert.equal(rankAfter([Number.POSITIVE_INFINITY], 7), Number.POSITIVE_INFINITY);
  });

  it("puts results into the order asked for, in whichever they come", () => {
    const results = [0, 1, 2, 100, 101, Number.POSITIVE_INFINITY];
    for (const coming of permutations(results)) {
      const list = [];
      for (const rank of coming) {
        const next = rankAfter(list, rank);
        list.splice(next === undefined ? list.length : list.indexOf(next), 0, rank);
      }
      assert.deepEqual(list, results);
    }
  });
});

function permutations(items) {
  if (items.length < 2) return [items];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
