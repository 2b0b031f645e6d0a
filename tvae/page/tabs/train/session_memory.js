// What a tab remembers of its visit through a reload, and of a form through signing in; Python names the action.
(value, choice) => {
  const actions = {
    // the key that Python gave this visit; "over" once there is nothing left of it
    keep: () => (value === 'over' ? sessionStorage.removeItem('visit') : value && sessionStorage.setItem('visit', value)),
    // the fields of the upload, on the way to the page where one signs in
    leave: () => sessionStorage.setItem('upload', JSON.stringify([value, choice])),
    comeBack: () => {
      const visit = sessionStorage.getItem('visit'), upload = sessionStorage.getItem('upload');
      sessionStorage.removeItem('upload');
      return visit ? JSON.stringify({visit, upload: upload && JSON.parse(upload)}) : '';
    },
  };
  try {
    return actions.ACTION() ?? '';
  } catch {
    return ''; // a browser that lets this page store nothing
  }
}
