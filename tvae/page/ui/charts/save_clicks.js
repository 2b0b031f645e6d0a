// Runs when it is imported: the buttons belong to no component. `ready.js` imports it after the first plot.

import {listen} from './save_figure.js';

listen(document);
