import { useEffect, useState } from 'react';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { useWorkspaceState } from '../workspace-context.ts';

/** What was saved, moving; for people who prefer less motion only once they ask for it. */
export function AnimationPreview({ file }: { file: ExportedFile }) {
  const reducedMotion = useWorkspaceState((state) => state.reducedMotion);
  const [isWanted, setIsWanted] = useState(false);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file.blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (!url) return null;
  const isVideo = file.blob.type.startsWith('video/');
  if (isVideo) return <video className="animation-preview" src={url} controls loop muted autoPlay={!reducedMotion} />;
  if (reducedMotion && !isWanted) {
    return (
      <button type="button" className="button" onClick={() => setIsWanted(true)}>
        Play it here
      </button>
    );
  }
  return <img className="animation-preview" src={url} alt="The animation that was saved" />;
}
