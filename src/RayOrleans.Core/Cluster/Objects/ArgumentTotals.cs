namespace RayOrleans.Core;

/// <summary>Tasks that need arguments here which are elsewhere.</summary>
/// <param name="Waiting">They wait for their turn; nothing is pulled for them.</param>
/// <param name="Admitted">Their arguments are pulled, or are all here and they have not started.</param>
/// <param name="Incomplete">Those of the admitted whose arguments are not all here.</param>
/// <param name="Bytes">What the admitted need, each object once.</param>
public readonly record struct ArgumentTotals(int Waiting, int Admitted, int Incomplete, long Bytes);
