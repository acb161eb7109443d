namespace RayOrleans.Silo.Figures.Flushing;

/// <summary>A moment of figure 10b.</summary>
/// <param name="Seconds">Since the beginning.</param>
/// <param name="Tasks">Tasks that had ended.</param>
/// <param name="Memory">What each process had in memory, in bytes: the silo with half of the shards and no tasks, the one that runs them, the driver's.</param>
/// <param name="Rows">Rows of the object table.</param>
internal sealed record FlushingLook(double Seconds, long Tasks, IReadOnlyList<double> Memory, double Rows);
