import assert from 'node:assert/strict';
import {test} from 'node:test';
import {possibleMeasure, settle} from '../../../tvae/page/selection/checkpoint/checkpoint_choice.js';
import {editQueue, labelWith, nextTrit} from '../../../tvae/page/selection/operation_buttons.js';
import {SKIP} from '../../../tvae/page/ui/scripts/events.js';

/** A queue whose edits are noted, at a time that the test sets. */
function noted() {
  /** @type {number[][]} */
  const sent = [];
  const clock = {now: 0};
  return {
    sent,
    clock,
    queue: editQueue(
      (trits) => sent.push(trits),
      () => clock.now,
    ),
  };
}

test('clicks go through the trits and around', () => {
  assert.deepEqual([-1, 0, 1].map(nextTrit), [0, 1, -1]);
});

test('a label has the new trit in place of the old one', () => {
  assert.equal(labelWith('f(0, +) = 0, change it', 1), 'f(0, +) = +, change it');
  assert.equal(labelWith('f(0, +) = +, change it', -1), 'f(0, +) = \u2212, change it');
});

test('an edit during another one waits for its answer', () => {
  const {sent, queue} = noted();
  queue.edit([1, 0]);
  queue.edit([1, 1]);
  assert.deepEqual(sent, [[1, 0]]);
  assert.deepEqual(queue.rendered([1, 0]), [1, 1]);
  assert.deepEqual(sent, [
    [1, 0],
    [1, 1],
  ]);
});

test('several edits during another one are sent as one', () => {
  const {sent, queue} = noted();
  queue.edit([1, 0]);
  queue.edit([1, 1]);
  queue.edit([0, 1]);
  queue.rendered([1, 0]);
  assert.deepEqual(sent, [
    [1, 0],
    [0, 1],
  ]);
});

test('edits that undo each other are not sent', () => {
  const {sent, queue} = noted();
  queue.edit([1, 0]);
  queue.edit([1, 1]);
  queue.edit([1, 0]);
  assert.equal(queue.rendered([1, 0]), null);
  assert.deepEqual(sent, [[1, 0]]);
});

test('another operation drops what waits, and the next edit is sent at once', () => {
  const {sent, queue} = noted();
  queue.edit([1, 0]);
  queue.edit([1, 1]);
  assert.equal(queue.rendered([-1, -1]), null);
  queue.edit([0, -1]);
  assert.deepEqual(sent, [
    [1, 0],
    [0, -1],
  ]);
});

test('an edit without an answer holds up others for five seconds', () => {
  const {sent, clock, queue} = noted();
  queue.edit([1, 0]);
  clock.now = 4999;
  queue.edit([1, 1]);
  assert.deepEqual(sent, [[1, 0]]);
  clock.now = 5000;
  queue.edit([0, 1]);
  assert.deepEqual(sent, [
    [1, 0],
    [0, 1],
  ]);
});

test('a checkpoint that could not be loaded gives way to the loaded one', () => {
  assert.equal(settle({}, 'missing', '{"checkpoint": "missing"}', 'tree'), 'tree');
});

test('a checkpoint that was chosen during another load stays chosen', () => {
  assert.equal(settle({}, 'third', '{"checkpoint": "second"}', 'tree'), SKIP);
  assert.equal(settle({}, 'second', '', 'tree'), SKIP);
});

test('a measure that the checkpoint lacks gives way to the only one', () => {
  const lengthOnly = {only: 'radius'};
  assert.equal(possibleMeasure(lengthOnly, 'flat', 'flat', 'norm'), 'radius');
  assert.equal(possibleMeasure(lengthOnly, 'flat', 'flat', 'radius'), SKIP);
});

test('the measure of a checkpoint that is still loading stays', () => {
  assert.equal(possibleMeasure({only: 'radius'}, 'tree', 'flat', 'norm'), SKIP);
  assert.equal(possibleMeasure({only: 'radius'}, 'tree', '', 'norm'), SKIP);
});
