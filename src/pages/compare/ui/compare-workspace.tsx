import { useEffect } from 'react';
import { compareOf } from '../state/open-compare.ts';
import { PhotoBar } from '../../../workspace/ui/photo-bar.tsx';
import './compare.css';
import { useWorkspace } from '../../../workspace/ui/workspace-context.ts';
import { Columns } from './columns/columns.tsx';
import { CompareContext, useCompareState } from './compare-context.ts';
import { ExportControls } from './export-controls.tsx';
import { MoreBar } from './more-bar.tsx';
import { PageControls } from './page-controls.tsx';
import { PageTabs } from './page-tabs.tsx';
import { PictureControls } from './picture-controls.tsx';
import { Scores } from './scores.tsx';
import { usePhotoImages } from './columns/use-photo-images.ts';

/** Encoders side by side on the workspace's photos. */
export default function CompareWorkspace() {
  const compare = compareOf(useWorkspace());
  useEffect(() => {
    compare.wake();
    return () => compare.sleep();
  }, [compare]);
  return (
    <CompareContext value={compare}>
      <Parts />
    </CompareContext>
  );
}

function Parts() {
  const page = useCompareState((state) => state.settings.page);
  const photos = usePhotoImages();
  return (
    <>
      <main className="main compare-main">
        <PhotoBar />
        <div className="compare-head">
          <PageTabs />
          <MoreBar />
        </div>
        <div className="compared" role="tabpanel" id="compared" aria-labelledby={`compare-${page}`}>
          {page === 'scores' ? <Scores /> : <Columns photos={photos} />}
        </div>
      </main>
      <aside className="panel" aria-label="Settings of the comparison">
        <PageControls />
        <PictureControls />
        <ExportControls photos={photos} />
      </aside>
    </>
  );
}
