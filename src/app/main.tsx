import { mountApp } from './mount-app.tsx';
import './app.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// For the console and the browser tests: everything the page can do, without its looks.
Object.assign(window, { liftMatch: mountApp(root, window) });
