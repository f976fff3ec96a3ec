import { otherSide } from '../../../core/geometry.ts';
import type { EngineLink } from './engine-link.ts';
import type { Notices } from '../../../platform/page/notices.ts';
import type { MatchStore } from './store.ts';
import type { Pin, Place } from './types.ts';

/** A pin after A and B have been exchanged. */
export function flipPin(pin: Pin): Pin {
  const flip = (place: Place): Place => ({ ...place, side: otherSide(place.side) });
  const { result } = pin;
  return {
    ...pin,
    side: otherSide(pin.side),
    result: result && { ...result, from: flip(result.from), to: flip(result.to) },
  };
}

/** The linked probe and the pins: places whose match the engine is asked for. */
export class Probing {
  private wanted: Place | null = null;
  private isAsking = false;
  private nextPin = 1;

  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
    private readonly notices: Notices,
  ) {}

  /**
   * Moves the probe. At most one question is on its way to the engine: of the places passed meanwhile only the last
   * is asked for, so that the answers keep up with the pointer.
   */
  move(place: Place): void {
    const { probe, result } = this.store.getState();
    // The last answer stays until the next one comes, or the other photo's marker would blink.
    const last = probe?.side === place.side ? probe.result : null;
    this.store.setState({ probe: { ...place, result: last } });
    if (!result) return;
    this.wanted = place;
    if (!this.isAsking) void this.ask();
  }

  leave(): void {
    this.wanted = null;
    if (this.store.getState().probe) this.store.setState({ probe: null });
  }

  /** Pins a place; returns the pin's id. */
  pin(place: Place): number {
    const id = this.nextPin++;
    this.store.setState(({ pins }) => ({ pins: [...pins, { ...place, id, result: null }] }));
    void this.answerPins();
    return id;
  }

  unpin(id: number): void {
    this.store.setState(({ pins }) => ({ pins: pins.filter((pin) => pin.id !== id) }));
  }

  clearPins(): void {
    this.store.setState({ pins: [] });
  }

  /** Puts the pins of a link in place of the present ones; they are answered after the next match. */
  setPins(places: readonly Place[]): void {
    this.store.setState({ pins: places.map((place) => ({ ...place, id: this.nextPin++, result: null })) });
  }

  /** A new result: what was answered from the old one is asked for again. */
  async refresh(): Promise<void> {
    this.store.setState(({ pins }) => ({ pins: pins.map((pin) => ({ ...pin, result: null })) }));
    await this.answerPins();
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    try {
      while (this.wanted) {
        const place = this.wanted;
        this.wanted = null;
        const result = await this.link.call('probe', place);
        this.store.setState(({ probe }) => (probe?.side === place.side ? { probe: { ...probe, result } } : {}));
      }
    } catch (thrown) {
      this.notices.report(thrown);
    } finally {
      this.isAsking = false;
    }
  }

  private async answerPins(): Promise<void> {
    const { pins, result: match } = this.store.getState();
    if (!match) return;
    try {
      for (const { id, side, x, y, result: known } of pins) {
        if (known) continue;
        const result = await this.link.call('probe', { side, x, y });
        this.store.setState((state) => ({
          // Asked of a result that has been replaced meanwhile: the refresh that came with the new one answers.
          pins:
            state.result === match ? state.pins.map((pin) => (pin.id === id ? { ...pin, result } : pin)) : state.pins,
        }));
      }
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }
}
