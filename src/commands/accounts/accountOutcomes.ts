/** What commands on accounts answer. */

/** The account is as was asked for. */
export interface AccountChanged {
  readonly kind: "accountChanged";
  readonly userId: string;
}

/** Somebody can set a new password with the token, once. */
export interface PasswordResetCreated {
  readonly kind: "passwordResetCreated";
  readonly userId: string;
  /** Told here and never again. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The account is gone. */
export interface AccountErased {
  readonly kind: "accountErased";
  readonly userId: string;
}

/** The account is there; its person sets its password with the token. */
export interface AccountCreated extends Omit<PasswordResetCreated, "kind"> {
  readonly kind: "accountCreated";
}
