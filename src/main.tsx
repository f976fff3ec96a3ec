import { mountApp } from './ui/mount-app.tsx';
import './ui/styles/index.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

mountApp(root, window);
