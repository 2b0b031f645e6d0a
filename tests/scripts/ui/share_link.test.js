import assert from 'node:assert/strict';
import {test} from 'node:test';
import {titleOf} from '../../../tvae/page/ui/links/share_link.js';

const TITLES = {
  words: {
    title: '{tab}: {checkpoint} - {page}',
    own: 'your checkpoint',
    copied: '',
    by_hand: '',
    copy: '',
    left_out: '',
    other: '',
  },
  parts: {},
  page: 'the page',
  tabs: {explore: 'Explore', ball: 'Ball'},
};

test('the title names the tab and the checkpoint', () => {
  assert.equal(titleOf(TITLES, 'ball', 'homeostatic_rich/best.pt'), 'Ball: homeostatic_rich/best.pt - the page');
});

test('a name that cannot be guessed is not in the title', () => {
  assert.equal(titleOf(TITLES, 'explore', 'mine/0123456789'), 'Explore: your checkpoint - the page');
});
