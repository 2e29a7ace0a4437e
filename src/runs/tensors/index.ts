/** The files of arrays: safetensors, which are written and read, and npz for numpy. Nothing here needs Node. */

export { decodeNpy, type RealTensor } from './npy.ts';
export { encodeNpz, type NpzArray } from './npz.ts';
export { decodeMetadata, decodeTensors, encodeTensors, type Numbers, type Tensor } from './tensors.ts';
