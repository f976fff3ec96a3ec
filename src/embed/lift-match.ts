import type { Matcher, MatcherOptions } from '../../public/api.d.ts';
import { createLiftMatch, type LiftMatchOptions } from './create-lift-match.ts';
import { type LiftMatch, liftMatchElement } from './lift-match-element.tsx';

// Built as lift-match.js in the app's folder; from its source, the folder is one up.
const base = new URL(import.meta.env.DEV ? '../..' : '.', `${import.meta.url}`).href;

/** The class behind `<lift-match>`; importing this module also registers it. */
export const LiftMatchElement = (customElements.get('lift-match') ?? liftMatchElement(base)) as new () => LiftMatch;
if (!customElements.get('lift-match')) customElements.define('lift-match', LiftMatchElement);

/** Puts a match into `container`, for those who would rather call than write HTML. */
export const create = (container: Element, options: LiftMatchOptions = {}): LiftMatch =>
  createLiftMatch(container, options, () => new LiftMatchElement());

/** Loads a model and matches without any view, see docs/api.md. Who only shows matches downloads none of it. */
export const createMatcher = async (options?: MatcherOptions): Promise<Matcher> =>
  (await import('../api/matcher.ts')).createMatcher(options);
