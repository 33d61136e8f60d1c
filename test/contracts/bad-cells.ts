/** Names that must not be followed, however they are written, and a word of the reason. */
export const BAD_NAMES = [
  ['../../outside.jpg', 'climbs'],
  ['inner/../../outside.jpg', 'climbs'],
  ['/etc/hostname', 'absolute'],
  ['C:/outside.jpg', 'absolute'],
  ['..\\outside.jpg', 'backslash'],
  ['a.jpg\0.png', 'NUL'],
  ['link-to-outside.jpg', 'outside the image folder'],
  ['linked-folder/outside.jpg', 'outside the image folder'],
  ['folder.jpg', 'no file'],
  ['missing.jpg', "isn't there"],
  ['a.jpg/b.jpg', "isn't there"],
  ['', 'empty'],
] as const;

/** MOS that can't be taken, and a word of the reason. */
export const BAD_MOS = [
  ['good', 'number'],
  ['3,5', 'number'],
  ['0x3', 'number'],
  ['Infinity', 'number'],
  ['NaN', 'number'],
  ['5.01', 'scale 0 to 5'],
  ['-0.1', 'scale 0 to 5'],
] as const;
