namespace RayOrleans.Core;

/// <summary>A value of a process whose storage belongs to its node once a message carries it.</summary>
public interface IHandedOver
{
    /// <summary>A message carries it: discarding the value no longer frees its storage.</summary>
    void HandOver();
}
