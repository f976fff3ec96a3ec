import { describe, expect, it } from 'vitest';
import { aboutDiskBytes, CATALOG, entryOfFiles, entryOfGated, entryOfModel, termsOf } from './catalog.ts';

const entry = (id: string) => CATALOG.find((one) => one.id === id)!;

describe('catalogue', () => {
  it('has every published checkpoint once, with what a person must know of it', () => {
    expect(CATALOG).toHaveLength(2 + 4 + 1 + 2 + 2 + 1 + 1 + 1 + 2 + 9 + 8 + 3 + 3 + 5);
    expect(new Set(CATALOG.map(({ id }) => id)).size).toBe(CATALOG.length);
    for (const { id, name, paper, licence, purpose, source, files, defaultSize, family } of CATALOG) {
      expect(id).toMatch(/^[a-z0-9][a-z0-9._-]*$/);
      for (const text of [name, paper.title, licence, purpose]) expect(text, id).not.toBe('');
      for (const url of [paper.url, source, ...files.map((file) => file.url)])
        expect(new URL(url).protocol, url).toBe('https:');
      expect(defaultSize % family.side.multiple, id).toBe(0);
    }
  });

  it('says of every matcher what it is for, and of everything what its licence forbids', () => {
    for (const each of CATALOG) {
      expect(each.uses !== undefined, each.id).toBe(each.family.kind === 'matcher');
      expect(termsOf(each), each.id).not.toBe('');
      // Terms without a mark would be read as a licence that allows all uses.
      if (/commercial/.test(each.terms ?? '') && !each.notCommercial)
        expect(each.terms, each.id).toMatch(/commercial ones too/);
      if (each.notCommercial) expect(each.terms, each.id).toMatch(/commercial/);
    }
    const used = new Set(CATALOG.flatMap(({ uses = [] }) => uses));
    expect([...used].sort()).toEqual(['accurate', 'instant', 'modalities', 'photos', 'rooms']);
    // One click to try each use with.
    for (const use of ['instant', 'photos', 'modalities', 'rooms', 'accurate'] as const) {
      const open = CATALOG.filter(({ uses, files }) => uses?.includes(use) && files.every((file) => file.allowsPages));
      expect(open.length, use).toBeGreaterThan(0);
    }
  });

  it('knows the checkpoint behind an installed model', () => {
    expect(entryOfModel('xfeat-480-single-fp16')?.id).toBe('xfeat');
    expect(entryOfModel('xfeat-sparse-640-single-fp16')?.id).toBe('xfeat-sparse');
    expect(entryOfModel('embedded')).toBeNull();
  });

  it('gives the addresses as published', () => {
    const urls = (id: string) => entry(id).files.map(({ url }) => url);
    expect(urls('l2mpp-v1')).toEqual([
      'https://huggingface.co/datasets/Liangyingping/L2Mpp-checkpoints/resolve/main/l2m%2B%2B_560x560.pth',
      'https://huggingface.co/datasets/Liangyingping/L2Mpp-checkpoints/resolve/main/dinov2l_distilled.pth',
    ]);
    expect(urls('dinov2-b-reg')).toEqual([
      'https://dl.fbaipublicfiles.com/dinov2/dinov2_vitb14/dinov2_vitb14_reg4_pretrain.pth',
    ]);
    expect(urls('fit3d-b')).toEqual(['https://huggingface.co/yuanwenyue/FiT3D/resolve/main/dinov2_base_finetuned.pth']);
    expect(urls('depth-anything-v2-s')).toEqual([
      'https://huggingface.co/depth-anything/Depth-Anything-V2-Small/resolve/main/depth_anything_v2_vits.pth',
    ]);
  });

  it('knows which hosts no page can read', () => {
    const closed = CATALOG.filter(({ files }) => files.some(({ allowsPages }) => !allowsPages)).map(({ id }) => id);
    expect(closed).toEqual(['roma-outdoor', 'roma-indoor', 'minima-roma', 'romav2', 'tiny-roma-outdoor', 'l2m-vit-b']);
  });

  it('recognises dropped files by their names', () => {
    expect(entryOfFiles(['l2m_vit_base.pth'])?.id).toBe('l2m-vit-b');
    expect(entryOfFiles(['dinov2_vitl14_pretrain.pth'])?.id).toBe('dinov2-l');
    expect(entryOfFiles(['dinov2_vitl14_pretrain.pth', 'roma_indoor.pth'])?.id).toBe('roma-indoor');
    expect(entryOfFiles(['l2m++_560x560.pth', 'dinov2l_distilled.pth'])?.id).toBe('l2mpp-v1');
    expect(entryOfFiles(['l2m++_560x560.pth'])).toBeNull();
    expect(entryOfFiles(['my.pth'])).toBeNull();
    expect(entryOfFiles(['indoor_ds_new.ckpt'])?.choices).toEqual({ positionCode: 'corrected' });
    expect(entryOfFiles(['eloftr_outdoor.ckpt'])?.id).toBe('eloftr-outdoor');
    expect(entryOfFiles(['romav2.0.1.pt'])?.id).toBe('romav2');
    expect(entryOfFiles(['minima_roma.pth', 'dinov2_vitl14_pretrain.pth'])?.id).toBe('minima-roma');
    expect(entryOfFiles(['xfeat.pt'])?.id).toBe('xfeat');
    expect(entryOfFiles(['xfeat.pt', 'xfeat-lighterglue.pt'])?.id).toBe('lighterglue');
    // Somebody's own matcher beside a published file is not that file.
    expect(entryOfFiles(['my-glue.pth', 'xfeat.pt'])).toBeNull();
    expect(entryOfFiles(['my-roma.pth', 'dinov2_vitl14_pretrain.pth'])).toBeNull();
    // Meta's own file of the same weights.
    expect(entryOfFiles(['dinov3_vitl16_pretrain_lvd1689m-8aa4cbdd.pth'])?.id).toBe('dinov3-l');
    // A name that says nothing: the tensors will tell.
    expect(entryOfFiles(['model.safetensors'])).toBeNull();
  });

  it('says of every licence that forbids or asks something what that is, and of a gated file where the copy is', () => {
    const special = CATALOG.filter(({ licence }) => /-NC-|LicenseRef-/.test(licence));
    expect(special.map(({ id }) => id)).toEqual([
      'romav2',
      'depth-anything-v2-b',
      'depth-anything-v2-l',
      'dinov3-s',
      'dinov3-s-plus',
      'dinov3-b',
      'dinov3-l',
      'dinov3-h-plus',
    ]);
    for (const { id, terms } of special) expect(terms, id).toMatch(/only under the same agreement|No commercial use/);
    for (const { id, gated, files } of CATALOG.filter((one) => one.gated)) {
      expect(gated, id).toMatch(/^https:\/\/huggingface\.co\/facebook\//);
      expect(files[0], id).toMatchObject({ allowsPages: true, url: expect.stringContaining('/timm/') });
    }
  });

  it('knows the copy of a file that asks for an account', () => {
    const host = 'https://huggingface.co';
    const file = 'resolve/main/model.safetensors';
    expect(entryOfGated([`${host}/facebook/dinov3-vits16-pretrain-lvd1689m/${file}`])?.id).toBe('dinov3-s');
    // The larger one's address begins alike.
    expect(entryOfGated([`${host}/facebook/dinov3-vits16plus-pretrain-lvd1689m/${file}`])?.id).toBe('dinov3-s-plus');
    expect(entryOfGated([`${host}/timm/vit_small_patch16_dinov3.lvd1689m/${file}`])).toBeNull();
  });

  it('estimates the size on disk', () => {
    expect(aboutDiskBytes(entry('dinov2-s'), 'fp32')).toBe(22.1e6 * 4);
    expect(aboutDiskBytes(entry('romav2'), 'fp16') / 1e6).toBeCloseTo(349.9 * 2, 0);
    expect(aboutDiskBytes(entry('l2mpp-v1'), 'fp16') / 1e6).toBeCloseTo((304.4 + 1.5 * 111) * 2, 0);
  });
});
