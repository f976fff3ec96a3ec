import 'react';

declare module 'react' {
  // Custom properties in style={{ '--share': … }}.
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
