import { expect, test } from 'vitest';
import { dividerX, swipeAmount } from './swipe.ts';

const pane = { x: 100, y: 0, width: 400, height: 300 };

test('the divider runs along the photo where it fits, along the pane where it is zoomed', () => {
  const fitted = { x: 150, y: 0, width: 300, height: 300 };
  expect([0, 0.5, 1].map((amount) => dividerX(pane, fitted, amount))).toEqual([150, 300, 450]);
  const zoomed = { x: -500, y: -200, width: 1600, height: 1200 };
  expect([0, 0.5, 1].map((amount) => dividerX(pane, zoomed, amount))).toEqual([100, 300, 500]);
});

test('the amount under a pointer is the inverse, and stays within 0…1', () => {
  const photo = { x: 220, y: 0, width: 700, height: 300 };
  for (const amount of [0, 0.3, 1])
    expect(swipeAmount(pane, photo, dividerX(pane, photo, amount))).toBeCloseTo(amount, 12);
  expect(swipeAmount(pane, photo, 0)).toBe(0);
  expect(swipeAmount(pane, photo, 900)).toBe(1);
});

test('a photo scrolled out of its pane has no amount', () => {
  expect(swipeAmount(pane, { x: 900, y: 0, width: 50, height: 50 }, 910)).toBe(0);
});
