/** Lab training on every face of the local cloud: it comes through, or stops with the right message; nothing is left. */
import { playFaces } from './faces';

playFaces('training');
