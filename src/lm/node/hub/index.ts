/** Models of the Hugging Face hub: their names, the cache that its tools share, and downloads into it. */

export { type CachedModel, cachedModels, modelOfSnapshot } from './hubCache.ts';
export { type HubOptions, type HubSnapshot, hubModel } from './hubModel.ts';
export { type HubName, parseHubName } from './hubName.ts';
export { type HubPlaces, hubPlaces } from './hubPlaces.ts';
