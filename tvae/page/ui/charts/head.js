// Runs as the page opens: what belongs to no component.

import {listen} from './save_figure.js';

listen(document);
