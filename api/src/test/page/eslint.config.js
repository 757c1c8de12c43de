import js from '@eslint/js';
import globals from 'globals';

/** Paths are relative to api/, as `npm run lint` runs there: ESLint ignores files above its working directory. */
export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'array-callback-return': 'error',
      'arrow-body-style': 'error',
      'consistent-return': 'error',
      'default-case-last': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-len': ['error', { code: 120, ignoreUrls: true }],
      'no-else-return': 'error',
      'no-implicit-coercion': 'error',
      'no-shadow': 'error',
      'no-throw-literal': 'error',
      'no-unused-vars': 'error',
      'no-use-before-define': ['error', { functions: false, variables: false }],
      'no-useless-return': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['src/main/resources/dev/reprise/api/page/*.js'],
    languageOptions: { globals: globals.browser },
    rules: {
      // Names that are also properties of window must be imported or declared, or they hide a forgotten import.
      'no-restricted-globals': ['error',
        'close', 'event', 'find', 'length', 'name', 'open', 'origin', 'parent', 'status', 'stop', 'top'],
      // The CSP forbids inline scripts and styles; text must never become markup.
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-properties': ['error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'style'].map((property) => ({ property })),
        { object: 'document', property: 'write' }],
      'no-console': 'error',
      'no-alert': 'error',
    },
  },
  {
    files: ['src/test/page/**/*.js'],
    languageOptions: { globals: { ...globals.node, document: 'readonly', location: 'readonly',
      sessionStorage: 'readonly' } },
  },
];
