import type { ConversionChoices, ModelRecipe } from '../models/library-contract.ts';

type RemoteFile = ModelRecipe['files'][number];

/** A published file; where its host sends no CORS headers, the person downloads it and drops it on the page. */
export interface PublishedFile extends RemoteFile {
  allowsPages: boolean;
  /** Size to tell beforehand, from the number of parameters; the exact one comes with the download. */
  aboutBytes: number;
}

/** What a person wants matched: how fast, of what, how well. Other kinds of networks have one use, which is their kind. */
export type MatcherUse = 'instant' | 'photos' | 'modalities' | 'rooms' | 'accurate';

/** A checkpoint that others have published, and what it takes to make a model of it. */
export interface CatalogEntry {
  id: string;
  name: string;
  paper: { title: string; url: string };
  /** SPDX identifier; NOASSERTION where the publisher states none. */
  licence: string;
  /** What the licence forbids or asks, where that is more than to keep the notice. */
  terms?: string;
  /** Whether the licence, or that of what it was trained on, forbids commercial use. */
  notCommercial?: true;
  /** Page of the project. */
  source: string;
  /** What it is for, one sentence. */
  purpose: string;
  /** Where a matcher is offered, most fitting first; none for other kinds. */
  uses?: readonly MatcherUse[];
  /** All are needed, in any order. */
  files: PublishedFile[];
  /** Names under which the same weights are published elsewhere: dropped, they are this entry. */
  otherNames?: readonly string[];
  /** The authors' own page, which asks for an account and an agreement first; `files` is a copy that does not. */
  gated?: string;
  /** What the file does not say and the publisher does. */
  choices?: ConversionChoices;
  /** Side of the square input unless the person chooses another, or `choices` says height and width. */
  defaultSize: number;
  /** Share of the first file's weights that is written twice, for a second pass of the model. */
  writtenTwice?: number;
  /** Numbers that become the model, where the file holds others too or stores them otherwise. */
  keptMillions?: number;
}

/** Of networks that learnt from ScanNet's rooms. */
export const SCANNET_TERMS = {
  terms: 'Trained on ScanNet, whose terms allow research that is not commercial.',
  notCommercial: true,
} as const satisfies Partial<CatalogEntry>;

export const FLOAT = 4;

/** A folder of a host; whether the host lets pages read from it. */
export interface PublishedPlace {
  base: string;
  allowsPages: boolean;
}

/**
 * `millions` of float32 parameters at a path below the place. Plus signs of names must be escaped in addresses.
 * @param name what the file is called here, where its own name says nothing (model.safetensors)
 */
export function publishedFile(
  { base, allowsPages }: PublishedPlace,
  path: string,
  millions: number,
  name = path.slice(path.lastIndexOf('/') + 1),
): PublishedFile {
  const url = base + path.replaceAll('+', '%2B');
  // No publisher of the catalogue states a hash: it is shown and remembered after the download.
  return { name, url, bytes: null, sha256: null, allowsPages, aboutBytes: millions * 1e6 * FLOAT };
}
