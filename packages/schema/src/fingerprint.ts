/**
 * How pictures are compared: 144 bits a picture, few of which change when it is saved again, resized or a little
 * corrected. The name changes with anything that changes a bit; fingerprints of two names can't be compared.
 */
export const FINGERPRINT = { algorithm: 'phash-144.v1', bytes: 18 } as const;
