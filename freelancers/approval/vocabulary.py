"""Words that anybody could write of themselves, by language: without them a text shows what it really says. Pure.

They are kept without accents and in small letters, as `texts.words` returns them. A language that is not here is never
called generic: all its words count as somebody's own.
"""

from __future__ import annotations

_ENGLISH = """
a about above across after again all almost along already also although always am among an and another any anybody
anyone anything are around as ask at available away back be because been before behind being below best better
between both but by can cannot come could day days did do does doing done each easily either else end enough even
ever every everyone everything extra far few find first fit for found friendly from full fully further get getting
give given gives giving go goes going good great had happy hard has have having he hello help helped helpful helping
helps her here hi high higher highest highly him his hope how however i if im in into is it its ive job jobs just
keep kind know knowledge large last least less let level like listen little long look looking looks lot lots love
lovely make makes making man many may maybe me mean means meet meeting more most much must my myself name need
needed needs never new next no none not nothing now of off offer offered offering offers often on once one only open
or other others our out over own part people perfect perfection perfectly person please plus possible pleasure put
rather ready really regards right said same say see seen she should simply since small so some somebody someone
something soon still such sure take taken takes than thank thanks that the their them then there therefore these
they thing things think this those though through thus till time times to today together too top toward under until
up upon us use used using usually very via want wants was way ways we welcome well were what whatever when where
whether which while who whole whom why will willing wish with within without work worked worker working works world
would year years yes yet you your yours yourself

ability able accurate accuracy achieve achieved achieving adapt adaptable affordable aim aims amazing answer
approach ask attention attitude attentive aspects awesome based basis believe beyond budget business businesses
career careful cheap choice client clients collaborate collaboration commit commitment committed communicate
communication communicator companies company complete completed completely complex confident confidential consistent
consistently contact cost creative creatively creativity customer customers daily deadline deadlines dedicated
dedication deliver delivered delivering delivers delivery demand demands depend dependable desire detail detailed
details different difficult diligent discuss diverse do driven dynamic eager earn efficient efficiency efficiently
effective effectively effort efforts energetic energy enjoy ensure ensures ensuring enthusiasm enthusiastic
environment exceed exceeding excellence excellent exceptional excited expectation expectations experience
experienced expert expertise experts exactly extensive extremely eye fair fast faster feedback feel field fields
finish flexible focus focused free freelance freelancer freelancers freelancing fresh future goal goals grow growth
guarantee guaranteed guarantees happiness hardworking hire hiring honest honesty hour hours idea ideas improve
individual individuals industries industry innovative integrity interest interested interests join kinds learn
learner learning life long-term loyal manner matter message minded motivated motivation multiple multitask
multitasking mindset number opportunity order organised organized organisation orientated oriented outstanding
passion passionate patient pay perform performance platform player polite positive potential pressure price prices
pride pro problem problems process professional professionalism professionally professionals proficient profile
progress project projects promise promised prompt proud proven provide provided provider provides providing punctual
qualified qualities quality quick quickly quote range rate rates reach reason reasonable regardless related
relationship relationships reliable reliability remote remotely require required requirement requirements respect
responsibility responsible responsive result results reviews rest revision revisions rich satisfaction satisfied
satisfy seeking self sense serious service services set several short simple sincere skill skilled skills skillset
smart solid solution solutions solve solver solving special specialist speed standard standards start started strive
strong strongly style succeed success successful successfully suit super support talent talented task tasks team
teams thinker thinking tight top-notch track trust trusted trustworthy try turnaround type types understand
understanding unique unlimited utmost valuable value values variety various vast vision wide worry worth low partner
results-oriented references hr hrs asap round clock weeks week months month minutes always-on box outside
going-above goes mile priority number-one hundred percent five star stars rated rating background area areas main
starter worker dear sir madam
"""

_SPANISH = """
a al algo ademas ahora alguien ante antes aqui asi aun aunque bajo bien bueno buena cada calidad capaz casi cliente
clientes como con confianza contacto contactame cual cualquier cuando cuidado cumplir cumplo de dedicada dedicado
del desde despues detalle detalles dia dias dispuesta dispuesto dos el ella ellos en entrega entregar entregas
entrego entre entusiasta era es esa ese eso esta estan estar este esto estoy excelente excelentes experiencia
experta experto forma fue ganas garantizada garantizado garantizo gracias gran grande ha hacer hace hago hasta hay
he hola horas la las le les lo los mas me mejor mejores mi mis mucha mucho muchos muy necesita necesites ni no nos
nosotros objetivo objetivos ofrecer ofrezco o otra otras otro otros para persona personas perfecta perfecto plazo
plazos pero poder por porque precio precios pronto profesional profesionales proyecto proyectos puedo puntual que
quiero rapida rapidamente rapido realizar resultado resultados responsabilidad responsable satisfaccion se sea ser
servicio servicios si siempre sin sobre solucion soluciones son soy su sus tambien tanto te tengo tiempo tipo toda
todas todo todos trabajador trabajadora trabajar trabajo trabajos tu tus un una uno usted vida y ya yo comprometida
comprometido compromiso creativa creativo freelancer anos alta ayudar ayudarte necesidades motivada motivado
"""

_GERMAN = """
aber alle allem allen aller alles als also am an andere arbeit arbeiten auch auf aufgaben auftrag auftrage aus bei
beste besten bereich bereichen bin bis bitte da dabei damit dann das dass dein deine dem den denn der des deshalb
die dies diese diesem diesen dieser dir doch dort du durch ein eine einem einen einer eines engagiert engagierte
engagierter er erfahren erfahrene erfahrener erfahrung erfahrungen ergebnis ergebnisse es euch experte expertin
fleissig fleissige fleissiger flexibel fur ganz gern gerne gut gute guten guter haben habe hallo hat hier hoch
hochste hohe hoher ich ihr ihre ihrem ihren ihrer ihnen im immer in ist jahre jahren jede jeden jeder jederzeit kann
kein keine kompetent kontaktieren konnen kunde kunden kundenzufriedenheit leidenschaft leistung leistungen liefere
liefern losung losungen machen mehr mein meine meinem meinen meiner melden mich mir mit motiviert nach nicht noch
nur ob oder ohne preis preise professionell professionelle professioneller projekt projekte projekten punktlich
qualitat schnell schnelle sehr sein seit sich sie sind so sofort sorgfaltig stehe steht super teamfahig termine
termingerecht uber um und uns unser unter viel viele vielen vom von vor war was weil wenn wer werde werden wie wir
wird wunsch wunsche zeit zu zufrieden zufriedenheit zum zur zuverlassig zuverlassige zuverlassiger freelancer
freiberufler verfugung fristen kreativ kreative freiberuflerin freiberufliche
"""

_FRENCH = """
a afin ai aider au aussi autre autres aux avec avez avoir besoin besoins bien bon bonne ce cela ces cette chaque
chez client clients comme contactez creatif creative dans de delai delais des depuis devouee devoue disponible donc
du efficace elle en engagee engage entre est et etre excellent excellente experience expert experte fait faire
fiable garantie garantis grand grande haute il ils independant je jour jours l la le les leur livrer livraison ma
mais me meilleur meilleure mes metier moi mon motive motivee n ne nos notre nous objectif offre on ou par parfait
parfaite pas passion passionne passionnee plus possible pour pouvoir priorite prix professionnel professionnelle
professionnels projet projets propose qu qualite que qui rapide rapidement resultat resultats rigoureuse rigoureux
sa sans satisfaction se serieuse serieux service services ses si solution solutions son sont sous suis sur ta tache
taches temps tes toujours tous tout toute toutes tres travail travaille travailler travaux tu un une vos votre vous
y annees ans freelance
"""

_PORTUGUESE = """
a agora ajudar alta alto anos ao aos apaixonada apaixonado as ate atender bem boa bom cada cliente clientes com como
comprometida comprometido compromisso confianca contato contate criativa criativo da das de dedicacao dedicada
dedicado dentro desde detalhes disponivel dia dias do dos e ela ele em entre entrega entregar entregas entrego era
especialista essa esse esta estar este estou eu excelencia excelente excelentes experiencia fazer foi forma
garantida garantido garantia garanto ha isso ja la mais mas me melhor melhores meu meus minha minhas muita muito na
nao nas necessidades nem no nos nossa nosso o oferecer ofereco os ou para pela pelo pessoa pessoas por porque posso
prazo prazos preco precos pro profissional profissionais projeto projetos pontual qualidade qualquer quando que quem
rapida rapidamente rapido realizar responsabilidade responsavel resultado resultados satisfacao se sem sempre ser
servico servicos seu seus sim sobre solucao solucoes sou sua suas tambem tarefa tarefas tempo tenho ter tipo toda
todas todo todos trabalhar trabalho trabalhos tudo um uma voce freelancer
"""

COMMON = frozenset(" ".join((_ENGLISH, _SPANISH, _GERMAN, _FRENCH, _PORTUGUESE)).split())
