/** Common surnames in lower-case Latin letters, by the language they come from. */
export const surnames = {
  Chinese: `chen deng fang feng guo han huang jiang li liang lin liu luo ma peng song sun tang wang wu xiao xie xu yang
    zhang zhao zheng zhou zhu`,
  German: `bauer becker braun fischer fuchs hartmann hoffmann huber kaiser keller koch krause krüger lehmann meyer müller
    neumann richter schmidt schmitt schneider schröder schulz schwarz wagner weber werner zimmermann`,
  Italian: `barbieri bianchi bruno caruso colombo conti costa deluca esposito fontana galli gallo giordano greco leone
    lombardi mancini marini moretti ricci rinaldi rizzo romano rossi russo santoro vitale`,
  Japanese: `abe endo fujita goto hashimoto hayashi inoue ishikawa ito kato kimura kobayashi maeda matsumoto mori
    nakamura nakano ogawa okada saito sasaki sato shimizu suzuki takahashi tanaka watanabe yamada yamamoto yoshida`,
};
