import { mountEmbed } from './mount-embed.tsx';
import './styles.css';

const root = document.getElementById('root');
if (!root) throw new Error('embed.html has no #root');

// For the console and the browser tests, as in main.tsx.
Object.assign(window, { liftMatchEmbed: mountEmbed(root, window) });
