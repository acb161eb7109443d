namespace RayOrleans.ObjectStore;

/// <summary>What the decision to spill looks at, in bytes.</summary>
/// <param name="Used">Memory not available to new blocks.</param>
/// <param name="Evictable">Of this, blocks that can be taken without writing.</param>
/// <param name="Resting">Of this, memory that will be available shortly.</param>
/// <param name="InFlight">Bytes that are being written and will be evictable.</param>
/// <param name="Wanted">What the oldest waiting request asks for; 0: nobody waits.</param>
internal readonly record struct SpillPressure(long Used, long Evictable, long Resting, long InFlight, long Wanted);
