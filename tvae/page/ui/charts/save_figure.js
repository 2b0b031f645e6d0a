// Figures as files: any figure of the page with buttons [data-save]. One listener, for figures come and go.
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-save]'), figure = button?.closest('figure');
  if (!figure) return;
  const name = `tvae-${button.dataset.name}`.replace(/[^\w.-]+/g, '_');
  const save = (blob, suffix) => tvae.save(blob, `${name}.${suffix}`);
  if (button.dataset.save === 'json') {
    save(new Blob([button.dataset.figure], {type: 'application/json'}), 'json');
    return;
  }
  const {text, width, height} = standalone(figure.querySelector('svg'));
  const vectors = new Blob([text], {type: 'image/svg+xml'});
  if (button.dataset.save === 'svg') save(vectors, 'svg');
  else pixels(vectors, width, height).then((blob) => save(blob, 'png'));

  // The picture as it is seen, with what style sheets say written into it.
  function standalone(seen) {
    const box = seen.viewBox.baseVal, copy = seen.cloneNode(true), wanted = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray',
      'stroke-opacity', 'stroke-linecap', 'stroke-linejoin', 'paint-order', 'opacity', 'font-size', 'font-weight', 'font-family', 'text-anchor'];
    const originals = seen.querySelectorAll('*');
    copy.querySelectorAll('*').forEach((element, k) => {
      const style = getComputedStyle(originals[k]);
      for (const property of wanted) element.style.setProperty(property, style.getPropertyValue(property));
    });
    const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const size = {x: box.x, y: box.y, width: box.width, height: box.height};
    for (const [key, value] of Object.entries(size)) back.setAttribute(key, value);
    back.style.fill = getComputedStyle(document.body).backgroundColor;
    copy.prepend(back);
    copy.setAttribute('width', box.width);
    copy.setAttribute('height', box.height);
    return {text: new XMLSerializer().serializeToString(copy), width: box.width, height: box.height};
  }
  async function pixels(blob, width, height) {
    const image = new Image(), url = URL.createObjectURL(blob);
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), {width: 3 * width, height: 3 * height});
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    return new Promise((done) => canvas.toBlob(done));
  }
});
