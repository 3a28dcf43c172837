namespace LpmOs.Core.Templates.Runtime;

/// <summary>
/// Where names are found and set (Scriban language reference, 4, 7.3 and 9.9). Plain names: loops and parameters of the
/// function that runs, then <c>with</c> objects from the innermost, the template's variables, the built-ins.
/// Names with $: the page, include or function that runs.
/// </summary>
internal sealed class Scopes
{
    private readonly List<Scope> _objects;
    private readonly List<Scope> _functions = [];
    private readonly List<Scope> _locals = [new Scope(null)];
    private readonly List<(Scope Global, Scope Local)> _loops = [];

    public Scopes(IReadOnlyDictionary<string, object?> builtins, ScriptObject variables) =>
        _objects = [new Scope(null, builtins), new Scope(variables)];

    public object This => (object?)_objects[^1].Own ?? _objects[^1].Outside!;

    public bool InLoop => _loops.Count > 0;

    public bool TryReadGlobal(string name, out object? value)
    {
        for (var i = _functions.Count - 1; i >= 0; i--)
        {
            if (_functions[i].TryRead(name, out value))
                return true;
            if (_functions[i].HidesOuter)
                break;
        }
        for (var i = _objects.Count - 1; i >= 0; i--)
        {
            if (_objects[i].TryRead(name, out value))
                return true;
        }
        value = null;
        return false;
    }

    /// <returns>False where the name is read-only there.</returns>
    public bool TryWriteGlobal(string name, object? value)
    {
        Scope? inner = null;
        for (var i = _functions.Count - 1; i >= 0; i--)
        {
            var function = _functions[i];
            if (function.Own is not null)
            {
                inner ??= function;
                if (function.Own.ContainsKey(name))
                    return function.Own.TrySet(name, value);
            }
            if (function.HidesOuter)
                break;
        }
        if (inner is null || _objects.Exists(o => o.HasOwn(name)))
            return TryWriteThis(name, value);
        return inner.Own!.TrySet(name, value);
    }

    public bool TryWriteThis(string name, object? value) => _objects[^1].Own is { } own && own.TrySet(name, value);

    public void ProtectGlobal(string name) => _objects[^1].Own?.Protect(name);

    public bool TryReadLocal(string name, out object? value) => _locals[^1].TryRead(name, out value);

    public bool TryWriteLocal(string name, object? value) => (_locals[^1].Own ??= new ScriptObject()).TrySet(name, value);

    public void ProtectLocal(string name) => (_locals[^1].Own ??= new ScriptObject()).Protect(name);

    public void EnterLoop()
    {
        var global = CurrentGlobal();
        global.PushLoop();
        _locals[^1].PushLoop();
        _loops.Add((global, _locals[^1]));
    }

    public void LeaveLoop()
    {
        var (global, local) = _loops[^1];
        global.PopLoop();
        local.PopLoop();
        _loops.RemoveAt(_loops.Count - 1);
    }

    public void SetLoopGlobal(string name, object? value) => _loops[^1].Global.SetInLoop(name, value);

    public void SetLoopLocal(string name, object? value) => _loops[^1].Local.SetInLoop(name, value);

    public bool TryPushObject(object? value)
    {
        switch (value)
        {
            case ScriptObject own:
                _objects.Add(new Scope(own));
                return true;
            case IReadOnlyDictionary<string, object?> outside:
                _objects.Add(new Scope(null, outside));
                return true;
            default:
                return false;
        }
    }

    public void PopObject() => _objects.RemoveAt(_objects.Count - 1);

    /// <param name="parameters">Null: the function declares none and sets its caller's variables.</param>
    /// <param name="hidesOuter">A named function does not see the parameters of the one that calls it.</param>
    public void PushFunction(ScriptObject? parameters, bool hidesOuter)
    {
        _functions.Add(new Scope(parameters) { HidesOuter = hidesOuter });
        PushLocals();
    }

    public void PopFunction()
    {
        _functions.RemoveAt(_functions.Count - 1);
        PopLocals();
    }

    public void PushLocals() => _locals.Add(new Scope(null));

    public void PopLocals() => _locals.RemoveAt(_locals.Count - 1);

    private Scope CurrentGlobal()
    {
        for (var i = _functions.Count - 1; i >= 0; i--)
        {
            if (_functions[i].Own is not null)
                return _functions[i];
            if (_functions[i].HidesOuter)
                break;
        }
        return _objects[^1];
    }

    /// <summary>One object with names, and the variables of the loops that run in it.</summary>
    private sealed class Scope(ScriptObject? own, IReadOnlyDictionary<string, object?>? outside = null)
    {
        private List<Dictionary<string, object?>>? _loops;

        public ScriptObject? Own { get; set; } = own;

        public IReadOnlyDictionary<string, object?>? Outside => outside;

        public bool HidesOuter { get; init; }

        public bool TryRead(string name, out object? value)
        {
            for (var i = (_loops?.Count ?? 0) - 1; i >= 0; i--)
            {
                if (_loops![i].TryGetValue(name, out value))
                    return true;
            }
            if (Own is not null)
                return Own.TryGetValue(name, out value);
            value = null;
            return outside is not null && outside.TryGetValue(name, out value);
        }

        public bool HasOwn(string name) => Own?.ContainsKey(name) ?? outside?.ContainsKey(name) ?? false;

        public void PushLoop() => (_loops ??= []).Add(new Dictionary<string, object?>(2));

        public void PopLoop() => _loops!.RemoveAt(_loops.Count - 1);

        public void SetInLoop(string name, object? value) => _loops![^1][name] = value;
    }
}
