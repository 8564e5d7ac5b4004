/** Places in lists are told by neighbours, never by a number. */

/** What is wrong with a number named `position` on a node of a list: kept as a property it would place nothing. */
export const POSITION_REFUSED =
  "must not be a number: `afterId` names the place in the list, by the id of the neighbour below";
