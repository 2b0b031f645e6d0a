// What the Compare tab does in the browser alone. Python puts this before a call of one of the functions.
// The text that Python answers; it changes only when something else is to be shown.
function ask(a, wanted, encoder, operations, asked, status) {
  const wish = JSON.stringify({a, wanted: wanted ?? '', encoder, operations: operations ?? ''});
  if (wish === asked) return [asked, status];
  return [wish, '<p class="late" role="status">LOADING</p>'];
}
// After an answer: the dropdown says what is shown, unless something else has been asked for meanwhile.
function settle(shown, asked, second, wanted) {
  const told = shown ? JSON.parse(shown) : null;
  return told && told.asked === asked ? [told.b, told.view.wanted] : [second, wanted];
}
function switchPlots(encoder, measure) {
  const update = {__type__: 'update', props: {encoder, measure}};
  return [update, update];
}
