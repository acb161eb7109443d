namespace RayOrleans.Core.Simulation;

/// <summary>What an observer knows of one object: who should be holding it, and which value it should have.</summary>
internal class SimObject(int number)
{
    public int Number { get; } = number;

    public ObjectEntry Entry { get; set; } = null!;

    /// <summary>The task that makes it; null for a put.</summary>
    public SimTask? Maker { get; set; }

    public bool IsPart { get; init; }

    public bool IsPut { get; init; }

    public bool IsItem { get; init; }

    /// <summary>References of bodies, of the pool and of actors.</summary>
    public int Holds { get; set; }

    /// <summary>Unfinished tasks that list it as an input.</summary>
    public int SpecUses { get; set; }

    /// <summary>Attempts whose body has not returned that were given it as an input.</summary>
    public int RunUses { get; set; }

    /// <summary>Live values that refer to it.</summary>
    public int ContainedUses { get; set; }

    /// <summary>Streams that keep it for their reader.</summary>
    public int StreamUses { get; set; }

    /// <summary>The current value; null while there is none.</summary>
    public SimValue? Value { get; set; }

    public bool Freed { get; set; }

    /// <summary>The command that is being observed takes the value away though it is held.</summary>
    public bool Dropping { get; set; }

    /// <summary>The lowest actor that its making may involve.</summary>
    public int MinActor { get; set; } = int.MaxValue;

    public bool IsHeldItself => Holds > 0 || SpecUses > 0 || RunUses > 0 || ContainedUses > 0 || StreamUses > 0;

    /// <summary>The parts of a tuple are there for as long as the tuple is, so that they can still be asked for.</summary>
    public bool IsHeld => IsHeldItself || (IsPart && Maker!.IsHeldItself);
}
