/** A filter expression, read. */
export type FilterNode =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'value'; readonly value: FilterValue }
  | { readonly kind: 'not'; readonly operand: FilterNode }
  | { readonly kind: 'join'; readonly operator: 'and' | 'or'; readonly left: FilterNode; readonly right: FilterNode }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: FilterNode; readonly right: FilterNode }
  | { readonly kind: 'match'; readonly wanted: boolean; readonly left: FilterNode; readonly pattern: RegExp };

export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** A value of one of the four types; undefined where a column has nothing. */
export type FilterValue =
  | { readonly type: 'string'; readonly value: string | undefined }
  | { readonly type: 'number'; readonly value: bigint | undefined }
  | { readonly type: 'float'; readonly value: number | undefined }
  | { readonly type: 'boolean'; readonly value: boolean | undefined };

/** The columns that an expression names, in its order. */
export function columnsIn(node: FilterNode): string[] {
  switch (node.kind) {
    case 'column':
      return [node.name];
    case 'value':
      return [];
    case 'not':
      return columnsIn(node.operand);
    case 'match':
      return columnsIn(node.left);
    case 'join':
    case 'compare':
      return [...columnsIn(node.left), ...columnsIn(node.right)];
  }
}
