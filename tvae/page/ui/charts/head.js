// Runs when the page opens, for what belongs to no component.

import {listen} from './save_figure.js';

listen(document);
