namespace RayOrleans.Silo.Figures;

/// <summary>Which task of which chain it is, and where it says that it has run.</summary>
/// <param name="Folder">The folder of the notes.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Round">Which of those that follow each other.</param>
/// <param name="Link">The task's number in it, from 0.</param>
internal sealed record ChainPlace(string Folder, int Chain, int Round, int Link);
