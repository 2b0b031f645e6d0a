// What the Compare tab does in the browser alone. Python puts this before a call of one of the functions.
// The address as the page was opened with: what is open now may have been written by another tab's fields.
function fromAddress() {
  const query = new URL(performance.getEntriesByType('navigation')[0].name).searchParams;
  const encoder = query.get('compare_encoder') === 'B' ? 'B' : 'A';
  return [query.get('with') ?? '', encoder, query.get('compare_measure') === 'norm' ? 'norm' : 'radius'];
}
// The text that Python answers; it changes only while the tab is open and when something else is to be shown.
function ask(tab, a, wanted, encoder, operations, asked, status) {
  const wish = JSON.stringify({a, wanted: wanted ?? '', encoder, operations: operations ?? ''});
  if (tab !== 'compare' || wish === asked) return [asked, status];
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
