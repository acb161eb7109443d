namespace RayOrleans;

/// <summary>Copies the arguments of a call when it is submitted, and collects the references among them.</summary>
internal abstract class CallPacker
{
    /// <summary>Packs one argument in place.</summary>
    public void Pack<T>(ref Arg<T> arg)
    {
        if (arg.Ref is not null)
        {
            AddDependency(arg.Ref);
        }
        else if (!ValueTraits<T>.IsImmutable && !arg.IsActor)
        {
            PackValue(ref arg);
        }
    }

    /// <summary>The function must wait for this object and is given its value.</summary>
    protected abstract void AddDependency(ObjectRef reference);

    /// <summary>Replaces a value that could change by a packed copy, or by a reference when it is large.</summary>
    protected abstract void PackValue<T>(ref Arg<T> arg);
}
