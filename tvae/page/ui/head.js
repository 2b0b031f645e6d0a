// Runs as the page opens: what belongs to no component.

import {listen} from './charts/save_figure.js';

listen(document);
